namespace ProxyCluster.Core.Configuration;

/// <summary>The setting may hold a secret: its value is never shown in a fault.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretValueAttribute : Attribute;
