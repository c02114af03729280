# A cluster, a few nodes for what always runs, and what Karpenter needs to add the nodes of components/gpu-nodes.

data "aws_caller_identity" "this" {}

locals {
  issuer = trimprefix(aws_iam_openid_connect_provider.cluster.url, "https://")
  owned  = "kubernetes.io/cluster/${var.name}"
}

# The cluster.

resource "aws_kms_key" "secrets" {
  description         = "Secrets in the cluster ${var.name}"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_iam_role" "cluster" {
  name               = "${var.name}-cluster"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "eks.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_eks_cluster" "this" {
  name                      = var.name
  role_arn                  = aws_iam_role.cluster.arn
  version                   = var.kubernetes_version
  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  access_config {
    authentication_mode = "API"
  }

  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = aws_kms_key.secrets.arn
    }
  }

  vpc_config {
    subnet_ids              = var.subnets
    endpoint_private_access = true
    endpoint_public_access  = true #checkov:skip=CKV_AWS_39: people and CI come from the addresses below (platform)
    public_access_cidrs     = var.administrators
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_iam_openid_connect_provider" "cluster" { # pods take a role by a token of the cluster, no key is kept
  url            = aws_eks_cluster.this.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}

# Nodes: those that are always there; Karpenter gives the same role to its own.

resource "aws_iam_role" "node" {
  name               = "${var.name}-node"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each   = toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"])
  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_eks_node_group" "system" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "system"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = var.subnets
  ami_type        = "BOTTLEROCKET_x86_64"
  capacity_type   = "ON_DEMAND"
  instance_types  = ["m7i.xlarge"]

  scaling_config {
    desired_size = 3
    max_size     = 6
    min_size     = 3
  }

  depends_on = [aws_iam_role_policy_attachment.node]
}

resource "aws_ec2_tag" "subnet" {
  for_each    = var.subnets
  resource_id = each.value
  key         = "karpenter.sh/discovery"
  value       = var.name
}

resource "aws_ec2_tag" "security_group" {
  resource_id = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  key         = "karpenter.sh/discovery"
  value       = var.name
}

# Karpenter: it may make and remove what bears the cluster's tag, and is told of nodes that AWS takes back.

resource "aws_iam_role" "karpenter" {
  name = "${var.name}-karpenter"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.cluster.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = {
        "${local.issuer}:aud" = "sts.amazonaws.com"
        "${local.issuer}:sub" = "system:serviceaccount:kube-system:karpenter"
      } }
    }]
  })
}

resource "aws_iam_role_policy" "karpenter" {
  name = "karpenter"
  role = aws_iam_role.karpenter.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "LaunchWithTag"
        Effect    = "Allow"
        Action    = ["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:RunInstances"]
        Resource  = [for kind in ["fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume"] : "arn:aws:ec2:${var.region}:*:${kind}/*"]
        Condition = { StringEquals = { "aws:RequestTag/${local.owned}" = "owned" } }
      },
      {
        Sid      = "LaunchFrom"
        Effect   = "Allow"
        Action   = ["ec2:CreateFleet", "ec2:RunInstances"]
        Resource = [for kind in ["capacity-reservation", "image", "launch-template", "security-group", "snapshot", "subnet"] : "arn:aws:ec2:${var.region}:*:${kind}/*"]
      },
      {
        Sid       = "ChangeOwned"
        Effect    = "Allow"
        Action    = ["ec2:CreateTags", "ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"]
        Resource  = [for kind in ["instance", "launch-template"] : "arn:aws:ec2:${var.region}:*:${kind}/*"]
        Condition = { StringEquals = { "aws:ResourceTag/${local.owned}" = "owned" } }
      },
      {
        Sid      = "Look"
        Effect   = "Allow"
        Action   = ["ec2:Describe*", "iam:ListInstanceProfiles", "pricing:GetProducts"]
        Resource = "*"
      },
      { Sid = "Images", Effect = "Allow", Action = "ssm:GetParameter", Resource = "arn:aws:ssm:${var.region}::parameter/aws/service/*" },
      { Sid = "Cluster", Effect = "Allow", Action = "eks:DescribeCluster", Resource = aws_eks_cluster.this.arn },
      {
        Sid       = "GiveRole"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = aws_iam_role.node.arn
        Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } }
      },
      {
        Sid      = "Profiles"
        Effect   = "Allow"
        Action   = [for verb in ["AddRoleTo", "Create", "Delete", "Get", "RemoveRoleFrom", "Tag"] : "iam:${verb}InstanceProfile"]
        Resource = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:instance-profile/*"
      },
      { Sid = "Queue", Effect = "Allow", Action = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], Resource = aws_sqs_queue.interruption.arn },
    ]
  })
}

resource "aws_sqs_queue" "interruption" {
  name                      = var.name
  message_retention_seconds = 300
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue_policy" "interruption" {
  queue_url = aws_sqs_queue.interruption.url
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sqs:SendMessage", Resource = aws_sqs_queue.interruption.arn }]
  })
}

resource "aws_cloudwatch_event_rule" "interruption" {
  name = "${var.name}-interruption"
  event_pattern = jsonencode({
    source = ["aws.ec2", "aws.health"]
    detail-type = [
      "AWS Health Event",
      "EC2 Instance Rebalance Recommendation",
      "EC2 Instance State-change Notification",
      "EC2 Spot Instance Interruption Warning",
    ]
  })
}

resource "aws_cloudwatch_event_target" "interruption" {
  rule = aws_cloudwatch_event_rule.interruption.name
  arn  = aws_sqs_queue.interruption.arn
}

# Quota: a new account may start no GPU at all.

resource "aws_servicequotas_service_quota" "gpu" {
  for_each     = { on_demand = "L-DB2E81BA", spot = "L-3819A6DF" }
  service_code = "ec2"
  quota_code   = each.value
  value        = var.gpu_vcpus
}
