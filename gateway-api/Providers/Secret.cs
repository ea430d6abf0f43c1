namespace ProxyCluster.GatewayApi.Providers;

/// <summary>A credential in memory. Prints as <c>***</c>, so that no log, error or trace shows it.</summary>
internal sealed class Secret(string value)
{
    private string? _bearer;

    /// <summary>The credential itself, for the header it is sent in and nothing else.</summary>
    public string Reveal() => value;

    /// <summary>The credential as <c>Authorization</c> takes it; made once.</summary>
    public string RevealAsBearer() => _bearer ??= "Bearer " + value;

    /// <inheritdoc/>
    public override string ToString() => "***";
}
