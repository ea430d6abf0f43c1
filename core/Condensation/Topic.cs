using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>Messages about one thing.</summary>
/// <param name="Name">For example <c>technical_issues</c>, or <c>general_discussion (pottery, kiln)</c>.</param>
/// <param name="Messages">The indices of its messages, in order.</param>
/// <param name="Allowance">Tokens that its summary may take.</param>
public sealed record Topic(string Name, ImmutableArray<int> Messages, int Allowance);
