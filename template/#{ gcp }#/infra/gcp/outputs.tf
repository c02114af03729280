output "cluster" {
  description = "Name of the cluster, for `gcloud container clusters get-credentials`."
  value       = google_container_cluster.this.name
}

output "issuer" {
  description = "Pool of identities: a service account of the cluster is a member of it."
  value       = google_container_cluster.this.workload_identity_config[0].workload_pool
}

output "service_account" {
  description = "Who the nodes are."
  value       = google_service_account.node.email
}
