namespace ProxyCluster.Core.Configuration;

/// <summary>What the rules must know of the process beside its configuration.</summary>
public sealed class ConfigurationContext
{
    /// <summary>The provider types there are.</summary>
    public required IReadOnlyList<ProviderTypeFacts> ProviderTypes { get; init; }

    /// <summary>Whether there are no others: not so where extensions add some and were not loaded.</summary>
    public bool KnowsAllTypes { get; init; } = true;

    /// <summary>Whether the process is a gateway: only a gateway calls providers and has listeners for them.</summary>
    public required bool IsGateway { get; init; }

    /// <summary>Whether a text is <c>${NAME}</c> or <c>file:/path</c>.</summary>
    public required Func<string, bool> IsReference { get; init; }

    /// <summary>What is missing at a reference, without the secret; <see langword="null"/>: it resolves.</summary>
    public required Func<string, string?> ReferenceFault { get; init; }

    /// <summary>What is wrong with a PEM file of certificate authorities, by its path; <see langword="null"/>: it can be read.</summary>
    public Func<string, string?> CertificatesFault { get; init; } = _ => null;

    /// <summary>
    /// What is wrong with the PEM files of a certificate, its private key and, where there is one, the other side's authority, by
    /// their paths; <see langword="null"/>: they belong together.
    /// </summary>
    public Func<string, string, string?, string?> KeyPairFault { get; init; } = (_, _, _) => null;

    /// <summary>The types of hooks there are.</summary>
    public IReadOnlyList<string> HookTypes { get; init; } = [];

    /// <summary>What is wrong with the settings of a hook whose type there is, each with what to write.</summary>
    public Func<HookOptions, IReadOnlyList<(string Setting, string Cure)>> HookFaults { get; init; } = _ => [];

    /// <summary>The routing strategies that extensions add.</summary>
    public IReadOnlyList<string> AddedStrategies { get; init; } = [];

    /// <summary>The line or source of a setting by its path, for messages; <see langword="null"/>: not known.</summary>
    public Func<string, string?> Origin { get; init; } = _ => null;
}
