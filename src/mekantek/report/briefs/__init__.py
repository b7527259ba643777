"""One page for each development agency: its provinces, their classes, clusters, peers and doubts."""

from mekantek.report.briefs.facts import Brief
from mekantek.report.briefs.page import brief_page, briefs_section, page_name
from mekantek.report.briefs.setting import Setting, brief_setting, count_steps
from mekantek.report.briefs.single import BriefPage, brief

__all__ = [
    "Brief",
    "BriefPage",
    "Setting",
    "brief",
    "brief_page",
    "brief_setting",
    "briefs_section",
    "count_steps",
    "page_name",
]
