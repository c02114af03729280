terraform {
  required_version = ">= 1.10"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.7"
    }
  }

  # Which bucket: `tofu init -backend-config=...`, see README.md.
  backend "gcs" {}
}

provider "google" {
  project = var.project
  region  = var.region
}
