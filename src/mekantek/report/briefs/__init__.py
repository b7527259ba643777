"""One page for each development agency: its provinces, their classes, clusters, peers and doubts."""

from mekantek.report.briefs.facts import Brief
from mekantek.report.briefs.page import brief_page, briefs_section
from mekantek.report.briefs.setting import Setting

__all__ = ["Brief", "Setting", "brief_page", "briefs_section"]
