"""What came of it all, on every network."""

import streamlit as st

from dashboards.pieces import filters, session
from dashboards.pieces.cards import headline
from dashboards.pieces.header import header
from dashboards.pieces.networks import networks_table
from dashboards.pieces.posts import posts_table
from dashboards.pieces.series import CHOICES, breakdown, per_day
from dashboards.pieces.words import METRICS, finding

CARDS = ("views", "reach", "engagements", "engagement_rate", "followers", "posts")

with session.refusals():
    api = session.api()
    top = st.container()
    chosen, dates = filters.choose()
    data = api.get("/analytics/dashboard", **chosen.query)
    period = data["period"]
    with top:
        header("Overview", data, of_figures=True)
    filters.show_dates(dates, period)
    st.markdown(finding(data["finding"]))
    if not data["networks"]:
        st.page_link("app_pages/accounts.py", label="Connect an account", icon=":material/link:")
        st.stop()

    headline(data["headline"], CARDS)
    span = {"since": period["since"], "until": period["until"]}
    old = {"since": period["previous_since"], "until": period["previous_until"]}
    before = api.get("/analytics/engagement", platforms=chosen.networks, **old)["days"]
    posts = api.get("/social/posts", platform=chosen.networks, limit=200, **span)
    metric = st.segmented_control(
        "Figure",
        CHOICES,
        default="views",
        format_func=METRICS.__getitem__,
        key="metric",
        label_visibility="collapsed",
        bind="query-params",
        required=True,
    )
    wide, narrow = st.columns([2, 1], gap="small")
    with wide.container(border=True, height="stretch"):
        per_day(metric, data, before, [] if posts["next_cursor"] else posts["items"])
    with narrow.container(border=True, height="stretch"):
        breakdown(metric, data["networks"], period["days"])

    st.subheader("Posts that stood out", anchor=False)
    if data["top_posts"]:
        posts_table(data["top_posts"], "top")
    else:
        st.caption("No post of this period has a score yet: scores need figures of at least a day.")
    st.subheader("All figures", anchor=False)
    networks_table(data)
