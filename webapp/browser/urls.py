"""The pages."""

from __future__ import annotations

from django.urls import path

from webapp.browser import gallery, views

urlpatterns = [
    path("", views.home, name="home"),
    path("p/<str:prediction_id>", views.prediction, name="prediction"),
    path("s/<str:job_id>", views.scores, name="scores"),
    path("v/<str:token>", views.view, name="view"),
    path("v/<str:token>/preview.png", views.view_image, name="view-image"),
    path("models", views.models, name="models"),
    path("gallery", gallery.gallery, name="gallery"),
    path("gallery/<str:slug>", gallery.place, name="gallery-place"),
]
