using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>Puts the pieces of an answer together, for a client that wants it whole.</summary>
internal sealed class FoldedAnswer : AnswerStream
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly StringBuilder _refusal = new();
    private readonly List<(string Id, string Name, StringBuilder Arguments)> _calls = [];
    private string? _id;
    private string? _model;
    private string? _signature;
    private FinishReason _finish;
    private string? _stopSequence;
    private TokenUsage? _usage;

    /// <summary>The answer, as far as it has come.</summary>
    public Answer Answer => new()
    {
        Id = _id,
        Model = _model,
        Text = TextOf(_text),
        Reasoning = TextOf(_reasoning),
        ReasoningSignature = _signature,
        Refusal = TextOf(_refusal),
        Calls = [.. _calls.Select(static call => new ToolCall(call.Id, call.Name, TextOf(call.Arguments) ?? "{}"))],
        Finish = _finish,
        StopSequence = _stopSequence,
        Usage = _usage,
    };

    /// <inheritdoc/>
    public override void Begin(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> modelJson)
    {
        _id = idJson.IsEmpty ? null : JsonText.Decode(idJson);
        _model = modelJson.IsEmpty ? null : JsonText.Decode(modelJson);
    }

    /// <inheritdoc/>
    public override void Text(ReadOnlySpan<byte> json) => _text.Append(JsonText.Decode(json));

    /// <inheritdoc/>
    public override void Reasoning(ReadOnlySpan<byte> json) => _reasoning.Append(JsonText.Decode(json));

    /// <inheritdoc/>
    public override void ReasoningSignature(ReadOnlySpan<byte> json) => _signature = JsonText.Decode(json);

    /// <inheritdoc/>
    public override void Refusal(ReadOnlySpan<byte> json) => _refusal.Append(JsonText.Decode(json));

    /// <inheritdoc/>
    public override void BeginCall(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> nameJson) =>
        _calls.Add((JsonText.Decode(idJson), JsonText.Decode(nameJson), new StringBuilder()));

    /// <inheritdoc/>
    public override void Arguments(int call, ReadOnlySpan<byte> json) => _calls[call].Arguments.Append(JsonText.Decode(json));

    /// <inheritdoc/>
    public override void Finish(FinishReason reason, string? stopSequence = null)
    {
        _finish = reason;
        _stopSequence = stopSequence;
    }

    /// <inheritdoc/>
    public override void End(TokenUsage? usage) => _usage = usage;

    private static string? TextOf(StringBuilder text) => text.Length > 0 ? text.ToString() : null;
}
