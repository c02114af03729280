# A cluster with a few nodes for what always runs; AKS adds the nodes of components/gpu-nodes by itself.

resource "azurerm_resource_group" "this" {
  name     = var.name
  location = var.location
}

# Who the cluster is where it joins nodes to the subnet.

resource "azurerm_user_assigned_identity" "cluster" {
  name                = "${var.name}-cluster"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
}

resource "azurerm_role_assignment" "subnet" {
  scope                = var.subnet
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
}

resource "azurerm_kubernetes_cluster" "this" {
  #checkov:skip=CKV_AZURE_4: where logs go is the platform team's choice, and costs by the gigabyte (platform)
  #checkov:skip=CKV_AZURE_115: people and CI come from the addresses in api_server_access_profile (platform)
  #checkov:skip=CKV_AZURE_117: disks are encrypted with Azure's keys, and on the host (platform)
  #checkov:skip=CKV_AZURE_172: the driver of the Secrets Store is not turned on (platform)
  #checkov:skip=CKV_AZURE_226: an ephemeral disk does not fit into this size (platform)
  #checkov:skip=CKV_AZURE_232: the services of the project run on these nodes, too (platform)
  name                      = var.name
  location                  = azurerm_resource_group.this.location
  resource_group_name       = azurerm_resource_group.this.name
  dns_prefix                = var.name
  kubernetes_version        = var.kubernetes_version
  sku_tier                  = "Standard"
  automatic_upgrade_channel = "patch"
  node_os_upgrade_channel   = "NodeImage"
  azure_policy_enabled      = true
  local_account_disabled    = true
  oidc_issuer_enabled       = true # pods take an identity by a token of the cluster, no key is kept
  workload_identity_enabled = true

  api_server_access_profile {
    authorized_ip_ranges = var.administrators
  }

  azure_active_directory_role_based_access_control {
    admin_group_object_ids = var.administrator_groups
    azure_rbac_enabled     = true
  }

  default_node_pool {
    name                         = "system"
    vm_size                      = "Standard_D4s_v5"
    node_count                   = 3
    os_disk_type                 = "Managed"
    host_encryption_enabled      = true
    max_pods                     = 110
    vnet_subnet_id               = var.subnet
    zones                        = ["1", "2", "3"]
    temporary_name_for_rotation  = "rotation"
    only_critical_addons_enabled = false

    upgrade_settings {
      max_surge = "10%"
    }
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.cluster.id]
  }

  network_profile { # node auto-provisioning wants this overlay; Cilium enforces NetworkPolicies
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
  }

  node_provisioning_profile {
    mode               = "Auto"
    default_node_pools = "None" # the pools are in components/gpu-nodes
  }

  depends_on = [azurerm_role_assignment.subnet]
}
