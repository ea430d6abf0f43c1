using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.RoundTrip.Wires;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>A type of provider, and the scripted one behind it.</summary>
/// <param name="Type">As configuration has it; the row's name.</param>
/// <param name="UpstreamModel">The model's name for the provider.</param>
/// <param name="Wire">How the provider speaks; <see langword="null"/>: it is a part of the gateway.</param>
internal sealed record Outbound(string Type, string UpstreamModel, Wire? Wire)
{
    /// <summary>What the model is called here.</summary>
    private const string Model = "m";

    public static IReadOnlyList<Outbound> All { get; } =
    [
        new("openai", "gpt-5", new ChatWire(new("gpt-5"))),
        new("openai-responses", ResponsesWire.Model, new ResponsesWire()),
        new("mistral", "magistral-medium-latest", new ChatWire(new("magistral-medium-latest") { CallIds = ["aZ1bY2cX3", "dW4eV5fU6"], TakesStreamOptions = false, ThinksInContent = true, TellsDetails = false })),
        new("deepseek", "deepseek-reasoner", new ChatWire(new("deepseek-reasoner") { WantsThoughtsBack = true })),
        new("anthropic", MessagesWire.Model, new MessagesWire()),
        new("gemini", GeminiWire.Model, new GeminiWire("/v1beta/models/", "x-goog-api-key", "", takesCallIds: true)),
        new("vertex", GeminiWire.Model, new GeminiWire("/v1/projects/acme/locations/us-central1/publishers/google/models/", "authorization", "Bearer ", takesCallIds: false)),
        new("bedrock", BedrockWire.Model, new BedrockWire()),
        new("cohere", CohereWire.Model, new CohereWire()),
        new("ollama-native", OllamaWire.Model, new OllamaWire()),
        new("custom_ai", CustomWire.Model, new CustomWire()),
        new("simulator", "simulated", null),
    ];

    public static Outbound Of(string type) => All.Single(outbound => outbound.Type == type);

    /// <summary>What a client asks for. Providers that fail have an entry of their own, so that no test sees another's circuits.</summary>
    public string ModelFor(Feature feature) => $"{NameFor(feature)}/{Model}";

    /// <summary>The entries for the configuration.</summary>
    /// <param name="upstream">Where the scripted provider listens.</param>
    public IEnumerable<JsonObject> Providers(Uri upstream) =>
        new[] { Feature.Text, Feature.Limited, Feature.Rejected, Feature.Cut }.Select(feature => Provider(feature, upstream));

    private string NameFor(Feature feature) => Type + feature switch
    {
        Feature.Limited => "-limited",
        Feature.Rejected => "-rejecting",
        Feature.Cut => "-cut",
        _ => "",
    };

    private JsonObject Provider(Feature feature, Uri upstream)
    {
        var provider = ProgramOptions.Provider(NameFor(feature), Type, new Uri(upstream, BasePath));
        provider["ApiKey"] = RoundTripFixture.Key;
        provider["Models"] = new JsonArray(new JsonObject { ["Id"] = Model, ["UpstreamId"] = UpstreamModel });
        switch (Type)
        {
            case "custom_ai":
                provider["Custom"] = CustomWire.Description;
                break;
            case "simulator":
                provider.Remove("BaseUrl");
                provider["Simulator"] = new JsonObject
                {
                    ["FailureRate"] = feature is Feature.Limited or Feature.Rejected ? 1 : 0,
                    ["FailureStatus"] = feature == Feature.Limited ? 429 : 400,
                };
                break;
        }

        return provider;
    }

    private string BasePath => Type switch
    {
        "openai" or "openai-responses" or "mistral" or "deepseek" or "anthropic" => "/v1",
        "gemini" => "/v1beta",
        "vertex" => "/v1/projects/acme/locations/us-central1",
        _ => "/",
    };
}
