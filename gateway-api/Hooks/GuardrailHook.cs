using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>The type <c>guardrail</c>: withholds a request or an answer in which something matches.</summary>
internal sealed class GuardrailHook : GatewayHook, IOwnHook
{
    public const string Type = "guardrail";

    private readonly PatternList _denied;
    private readonly HookVerdict _block;

    private GuardrailHook(PatternList denied, HookVerdict block)
    {
        _denied = denied;
        _block = block;
    }

    /// <inheritdoc/>
    public override int WindowCharacters => _denied.WindowCharacters;

    /// <summary>Makes a hook.</summary>
    /// <exception cref="HookSettingsException">The settings do not fit.</exception>
    public static GuardrailHook Create(HookSettings settings)
    {
        var read = settings.Read<GuardrailSettings>();
        var faults = new List<(string Setting, string Cure)>();
        if (string.IsNullOrWhiteSpace(read.Message))
        {
            faults.Add(("Message", "Write what the client is told, in one sentence. Leave it out for the default."));
        }

        var denied = PatternList.Create("Deny", read.Deny, read.WindowCharacters, faults);
        return new GuardrailHook(denied, HookVerdict.Block(read.Message));
    }

    /// <inheritdoc/>
    public override ValueTask<HookVerdict> OnTextAsync(HookText text, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(text.Find(_denied.Patterns).Any() ? _block : HookVerdict.Pass);
    }

    private sealed record GuardrailSettings : PatternSettings
    {
        public IReadOnlyList<DeniedPattern> Deny { get; init; } = [];

        public string Message { get; init; } = "A policy of this gateway's operator does not allow this content.";
    }

    private sealed record DeniedPattern : NamedPattern;
}
