namespace ProxyCluster.Core.Configuration;

/// <summary>An entry may be written as a bare string: it becomes the value of one property, and the rest stay as they are.</summary>
/// <param name="property">The property's name.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BareValueAttribute(string property) : Attribute
{
    /// <summary>The property's name.</summary>
    public string Property { get; } = property;
}
