using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Custom;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// A provider as the admin plane takes it, whole and as a patch of one: it is refused with all its faults, or written back
/// as it was read.
/// </summary>
internal sealed class AdminProviderTarget : FuzzTarget
{
    private readonly ProviderReader _reader = new(
    [
        new OpenAiAdapter(OpenAiDialect.Presets[0], Clock.Still), new AnthropicAdapter(Clock.Still), new CustomAdapter(Clock.Still),
        new OpenAiAdapter(new OpenAiDialect("simulator") { BaseUrl = "http://simulator.invalid/v1", NeedsKey = false }, Clock.Still),
    ], new ProviderKeyReader(new KekSource(new ConfigurationInForce(new ProxyClusterOptions { Secrets = new() { Kek = new('k', 32) } }))));

    /// <inheritdoc/>
    public override string Name => "admin-provider";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"name\":", "\"type\":", "\"openai\"", "\"custom_ai\"", "\"simulator\"", "\"baseUrl\":", "\"http://127.0.0.1\"", "\"apiKey\":", "\"${KEY}\"", "\"file:/key\"", "\"apiKeys\":", "\"sk-0123456789abcdef\"", "\"***cdef\"", "\"sealed:1:\"", "\"proxy\":",
        "\"certificateAuthorities\":", "\"enabled\":", "\"draining\":", "\"priority\":", "\"weight\":", "\"region\":", "\"maxConcurrency\":", "\"timeoutSeconds\":", "\"reasoningTimeoutSeconds\":", "\"answerTimeoutSeconds\":", "\"reasoning\":", "\"organization\":",
        "\"apiVersion\":", "\"headers\":", "\"models\":", "\"id\":", "\"capabilities\":", "\"inputCostPerMillion\":", "\"simulator\":", "\"tokensPerSecond\":", "\"custom\":", "\"request\":",
        "\"response\":", "\"text\":", "\"stream\":", "\"framing\":", "\"environment\"", "\"\\ud800\"",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser =>
    [
        "Admin/AdminBody.cs:Parse", "Admin/ProviderReader.cs", "Admin/ProviderKeyReader.cs", "Admin/ProviderModelReader.cs", "Admin/ProviderHeaderReader.cs", "Admin/ProviderCustomReader.cs", "Admin/JsonFields.cs", "Admin/MergePatch.cs",
    ];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Admin/JsonFields.cs", "if (value.ValueKind != JsonValueKind.String)");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var (body, problem) = AdminBody.Parse(input);
        if (problem is not null)
        {
            MustBeSound(problem);
            return problem.Detail.Length;
        }

        var (definition, refused, _) = _reader.Read(body, null);
        if (refused is not null)
        {
            MustBeSound(refused);
        }

        var path = HashCode.Combine(refused?.Errors.Length, refused is null ? "" : refused.Errors[0].Path, definition?.Type, definition?.Models.Length);
        return definition is null ? HashCode.Combine(path, Patch(Whole(), body)) : HashCode.Combine(path, Patch(definition, body));
    }

    private static ProviderDefinition Whole() => new() { Name = "p", Type = "openai", BaseUrl = "http://127.0.0.1/v1", Models = [new ModelDefinition { Id = "m" }] };

    private static JsonElement Written(ProviderDefinition definition)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            ProviderWriter.WriteFields(json, definition);
            json.WriteEndObject();
        }

        return Sound.Json(output.WrittenSpan);
    }

    private int Patch(ProviderDefinition current, JsonElement patch)
    {
        var patched = MergePatch.Apply(Written(current), patch);
        _ = Sound.Json(patched.Span);
        var (body, problem) = AdminBody.Parse(patched);
        if (problem is not null)
        {
            throw new InvalidDataException($"A patched body is not read: {problem.Detail} {Encoding.UTF8.GetString(patched.Span)}");
        }

        var (definition, refused, warning) = _reader.Read(body, null, current);
        List<string?> keys = definition is null ? [] : [definition.ApiKey, .. definition.ApiKeys];
        if (keys.OfType<string>().Any(static key => !SecretEnvelope.IsEnvelope(key) && !SecretReference.TryParse(key, out _)))
        {
            throw new InvalidDataException("A definition holds a key in the clear.");
        }

        return HashCode.Combine(definition is null, refused?.Errors.Length, warning);
    }

    private static void MustBeSound(Problem problem)
    {
        if (problem.Status != 400 || problem.Errors.Any(static fault => fault.Message.Length == 0))
        {
            throw new InvalidDataException($"The body is refused with {problem}.");
        }
    }
}
