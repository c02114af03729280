output "cluster" {
  description = "Name of the cluster, for `aws eks update-kubeconfig --name`."
  value       = aws_eks_cluster.this.name
}

output "discovery" {
  description = "gpu-nodes.aws.discovery in clusters/<name>/values.yaml."
  value       = var.name
}

output "role" {
  description = "gpu-nodes.aws.role in clusters/<name>/values.yaml."
  value       = aws_iam_role.node.name
}

output "karpenter" {
  description = "What Karpenter's chart is told."
  value = {
    role  = aws_iam_role.karpenter.arn
    queue = aws_sqs_queue.interruption.name
  }
}

output "issuer" {
  description = "Who vouches for service accounts in trust policies of further roles."
  value       = aws_iam_openid_connect_provider.cluster.arn
}
