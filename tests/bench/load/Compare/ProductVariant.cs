namespace ProxyCluster.Bench.Load.Compare;

/// <summary>One way in which the product takes part.</summary>
/// <param name="Name">What it is called in the tables.</param>
/// <param name="Published">Its files.</param>
/// <param name="Access">Whom it lets in, and what it holds them to.</param>
internal sealed record ProductVariant(string Name, string Published, ProductAccess Access);
