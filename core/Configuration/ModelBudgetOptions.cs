namespace ProxyCluster.Core.Configuration;

/// <summary>One budget for all requests that ask for certain models, over all callers.</summary>
public sealed class ModelBudgetOptions : BudgetLimitOptions
{
    /// <summary>The model's name as clients write it, without a provider before it; <c>*</c> stands for any characters: <c>gpt-4o*</c>.</summary>
    public string Name { get; set; } = "";
}
