namespace ProxyCluster.Core.Configuration;

/// <summary>The setting is a JSON object of any shape, kept as its text.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class JsonValueAttribute : Attribute;
