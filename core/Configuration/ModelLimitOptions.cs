namespace ProxyCluster.Core.Configuration;

/// <summary>One limit for all requests that ask for certain models, over all callers.</summary>
public sealed class ModelLimitOptions : LevelLimitOptions
{
    /// <summary>The model's name as clients write it; <c>*</c> stands for any characters: <c>gpt-4o*</c>.</summary>
    public string Name { get; set; } = "";
}
