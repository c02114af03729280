output "cluster" {
  description = "Name of cluster and resource group, for `az aks get-credentials`."
  value       = azurerm_kubernetes_cluster.this.name
}

output "issuer" {
  description = "Who vouches for service accounts in federated credentials of managed identities."
  value       = azurerm_kubernetes_cluster.this.oidc_issuer_url
}

output "identity" {
  description = "Who the cluster is."
  value       = azurerm_user_assigned_identity.cluster.principal_id
}
