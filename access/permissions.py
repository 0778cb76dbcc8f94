"""The permissions that doors ask for, each in plain English."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing an officer may do. The stored word is permanent; the description is shown to people."""

    description: str

    def __new__(cls, value: str, description: str = "") -> Permission:
        """Attach the description to the word."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member

    VIEW_HELP = "view_help", "Read what the words of this service mean"
    VIEW_MORNING = "view_morning", "See the morning page of their places"
    VIEW_CASELOAD = "view_caseload", "See the list of people of their places"
    VIEW_OFFENDER = "view_offender", "Open one person's record"
    VIEW_DIP = "view_dip", "See drug intervention data"
    CHANGE_OFFENDER = "change_offender", "Adopt, remove and correct people"
    ACKNOWLEDGE_ALERT = "acknowledge_alert", "Acknowledge alerts"
    ASSIGN_OFFICER = "assign_officer", "Assign people and meetings to officers"
    PLAN_GATE_MEET = "plan_gate_meet", "Plan and close gate meets"
    RECORD_MOVEMENT = "record_movement", "Record and correct movements at their establishment"
    VIEW_DELIVERIES = "view_deliveries", "See deliveries and their statements"
    UPLOAD_DELIVERY = "upload_delivery", "Hand in a sealed delivery and override a refusal"
    VIEW_MATCHES = "view_matches", "See doubtful matches side by side"
    DECIDE_MATCH = "decide_match", "Join or keep apart doubtful matches"
    MANAGE_OFFICERS = "manage_officers", "Create officers, grant roles and end sessions"
    VIEW_AUDIT = "view_audit", "Read the audit trail"
    VIEW_DISCLOSURES = "view_disclosures", "See every copy that left, and losses"
    REQUEST_DISCLOSURE = "request_disclosure", "Ask for an extract"
    APPROVE_DISCLOSURE = "approve_disclosure", "Approve an extract for the area"
    VIEW_FIGURES = "view_figures", "See performance in figures"
