using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// The scanner of bodies, for every route of the data plane that asks a model: the first byte chooses one. What it finds is where it says,
/// and the client is to blame for what it refuses.
/// </summary>
internal sealed class ScannerTarget : FuzzTarget
{
    private static readonly InferenceOperation[] Operations = [.. Enum.GetValues<InferenceOperation>()
        .Where(static operation => !operation.IsForm() && operation is not (InferenceOperation.Explain or InferenceOperation.CompletionsByChat or InferenceOperation.Condense))];

    private readonly ModelNames _names = new();

    /// <inheritdoc/>
    public override string Name => "request-scanner";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"model\":", "\"messages\":", "\"prompt\":", "\"input\":", "\"stream\":true", "\"stream_options\":", "\"include_usage\":true", "\"n\":", "\"max_tokens\":", "\"max_completion_tokens\":",
        "\"max_output_tokens\":", "\"tools\":", "\"functions\":", "\"response_format\":", "\"type\":\"json_schema\"", "\"output_config\":", "\"text\":{\"format\":", "\"conversation\":", "\"previous_response_id\":",
        "\"content\":[{\"type\":\"image_url\"}]", "\"type\":\"image\"", "\"type\":\"input_image\"", "\"mod\\u0065l\":", "\"\\ud800\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Pipeline/RequestScanner.cs", "Pipeline/RequestScanner.Members.cs", "Pipeline/TopLevelNames.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Pipeline/RequestScanner.cs", "if (!seen.TryAdd(in reader))");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var operation = Operations[input.Length == 0 ? 0 : input[0] % Operations.Length];
        var body = input.AsMemory(Math.Min(1, input.Length));
        var refusal = RequestScanner.Scan(body, operation, new InputLimitOptions { MaxMessages = 8 }, _names, out var request);
        if (refusal is not null)
        {
            return HashCode.Combine(operation, ErrorReading.BlameOnTheClient(refusal), refusal.Code, refusal.Param);
        }

        var json = Sound.Json(body.Span);
        if (!request!.ModelToken.Equals(default)
            && (json.EnumerateObject().Count(static member => member.NameEquals("model")) != 1 || Sound.Json(body.Span[request.ModelToken]).GetString() != request.Model))
        {
            throw new InvalidDataException($"The model is not '{request.Model}'.");
        }

        if (body.Span[request.ClosingBrace] != (byte)'}')
        {
            throw new InvalidDataException("The object does not end where it is said to.");
        }

        return HashCode.Combine(operation, request.Stream, request.IncludeUsage, request.Required, request.Choices, request.StreamOptionsMember.Equals(default), request.PreviousResponseId is null);
    }
}
