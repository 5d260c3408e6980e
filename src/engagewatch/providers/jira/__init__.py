"""Jira Service Management, Cloud and Data Center."""

from engagewatch.providers.jira.adapter import Jira

__all__ = ["Jira", "open_adapter"]

open_adapter = Jira
