"""Allauth's own pages, and a profile beside them."""

from django.urls import include, path

from bench.peers.allauth_site.views import Profile, Rename

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("profile", Profile.as_view(), name="profile"),
    path("profile/name", Rename.as_view(), name="rename"),
]
