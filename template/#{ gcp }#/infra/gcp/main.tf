# A cluster, a few nodes for what always runs, and the limits of the nodes that GKE adds for components/gpu-nodes.

# Nodes may pull images and write logs and metrics, and no more.

resource "google_service_account" "node" {
  account_id   = substr("${var.name}-node", 0, 30)
  display_name = "Nodes of ${var.name}"
}

resource "google_project_iam_member" "node" {
  for_each = toset(["roles/artifactregistry.reader", "roles/container.defaultNodeServiceAccount"])
  project  = var.project
  role     = each.value
  member   = "serviceAccount:${google_service_account.node.email}"
}

resource "google_container_cluster" "this" {
  #checkov:skip=CKV_GCP_12: the data plane V2 enforces NetworkPolicies by itself (platform)
  #checkov:skip=CKV_GCP_65: groups need a directory of Google Workspace, which not everybody has (platform)
  #checkov:skip=CKV_GCP_66: a release names its images by digest, and Argo CD applies nothing else (platform)
  #checkov:skip=CKV_GCP_69: the default pool is removed, and the others have the metadata server (platform)
  name                        = var.name
  location                    = var.region
  network                     = var.network.network
  subnetwork                  = var.network.subnetwork
  initial_node_count          = 1
  remove_default_node_pool    = true
  deletion_protection         = true
  enable_intranode_visibility = true
  datapath_provider           = "ADVANCED_DATAPATH"
  resource_labels             = { project = var.name }

  # Nodes that GKE adds by itself, for a ComputeClass alone. All GPUs of the cluster count.
  cluster_autoscaling {
    enabled = true

    auto_provisioning_defaults {
      service_account = google_service_account.node.email
      oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]

      management {
        auto_repair  = true
        auto_upgrade = true
      }

      shielded_instance_config {
        enable_integrity_monitoring = true
        enable_secure_boot          = true
      }
    }

    resource_limits {
      resource_type = "cpu"
      maximum       = 1000
    }

    resource_limits {
      resource_type = "memory"
      maximum       = 8000
    }

    dynamic "resource_limits" {
      for_each = var.gpus
      content {
        resource_type = resource_limits.key
        maximum       = resource_limits.value
      }
    }
  }

  ip_allocation_policy {
    cluster_secondary_range_name  = var.network.pods
    services_secondary_range_name = var.network.services
  }

  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }

  master_authorized_networks_config {
    dynamic "cidr_blocks" {
      for_each = var.administrators
      content {
        cidr_block = cidr_blocks.value
      }
    }
  }

  private_cluster_config {
    enable_private_nodes = true
  }

  release_channel {
    channel = "REGULAR"
  }

  workload_identity_config { # pods take an identity by a token of the cluster, no key is kept
    workload_pool = "${var.project}.svc.id.goog"
  }
}

resource "google_container_node_pool" "system" {
  name               = "system"
  cluster            = google_container_cluster.this.id
  initial_node_count = 1 # a zone

  autoscaling {
    min_node_count = 1
    max_node_count = 2
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  node_config {
    machine_type    = "n2-standard-4"
    image_type      = "COS_CONTAINERD"
    spot            = false
    service_account = google_service_account.node.email
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    metadata        = { disable-legacy-endpoints = "true" }

    shielded_instance_config {
      enable_integrity_monitoring = true
      enable_secure_boot          = true
    }

    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  depends_on = [google_project_iam_member.node]
}

# Quota: a new project may start no GPU at all.

resource "google_cloud_quotas_quota_preference" "gpu" {
  for_each      = var.gpus
  parent        = "projects/${var.project}"
  name          = "${var.name}-${each.key}"
  service       = "compute.googleapis.com"
  quota_id      = "GPUS-PER-GPU-FAMILY-per-project-region"
  dimensions    = { gpu_family = upper(replace(each.key, "-", "_")), region = var.region }
  contact_email = var.contact

  quota_config {
    preferred_value = each.value
  }
}
