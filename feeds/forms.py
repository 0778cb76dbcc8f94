"""The form that hands in a sealed delivery."""

from django import forms


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
