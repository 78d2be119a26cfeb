"""What allauth has not: a page with the name above its list of sessions, and the form that changes the name."""

from allauth.usersessions.views import ListUserSessionsView
from django.contrib.auth import get_user_model
from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse_lazy
from django.views.generic.edit import UpdateView


class Profile(ListUserSessionsView):
    template_name = "profile.html"


class Rename(LoginRequiredMixin, UpdateView):
    model = get_user_model()
    fields = ("first_name",)
    template_name = "rename.html"
    success_url = reverse_lazy("profile")

    def get_object(self, queryset=None):  # noqa: ARG002  # as Django calls it
        return self.request.user
