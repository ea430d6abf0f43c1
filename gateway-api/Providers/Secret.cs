namespace ProxyCluster.GatewayApi.Providers;

/// <summary>A credential in memory. Prints as <c>***</c>, so that no log, error or trace shows it.</summary>
internal sealed class Secret(string value)
{
    /// <summary>The credential itself, for the header it is sent in and nothing else.</summary>
    public string Reveal() => value;

    /// <inheritdoc/>
    public override string ToString() => "***";
}
