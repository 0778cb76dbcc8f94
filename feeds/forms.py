"""The forms that hand in a sealed delivery and that overrule a held one."""

from django import forms

from feeds.overriding import SHORTEST_REASON


class UploadForm(forms.Form):
    """A sealed file and its manifest. Only age files get past the upload handler."""

    sealed = forms.FileField(
        label="Sealed file",
        error_messages={
            "required": "Choose the sealed file, NAME.age. A file that is not sealed with age is dropped unread",
            "empty": "The sealed file is empty. Ask the sender for it again",
        },
    )
    manifest = forms.FileField(
        label="Manifest",
        error_messages={
            "required": "Choose the manifest, NAME.manifest.json. It must be smaller than 64 KB",
            "empty": "The manifest is empty. Ask the sender for it again",
        },
    )


class OverruleForm(forms.Form):
    """Why a held delivery is published all the same."""

    reason = forms.CharField(
        label="Why it is right to load this file",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": f"Say why in at least {SHORTEST_REASON} characters; the reason is kept"},
    )
