using System.Text.Json;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>What a provider once answered, byte for byte, and what an OpenAI client must make of it.</summary>
/// <param name="Id">Its name in the manifest.</param>
/// <param name="Provider">Who answered.</param>
/// <param name="Api">The wire format.</param>
/// <param name="IsStream">Whether it is a stream of events.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Model">The model that was asked.</param>
/// <param name="Headers">The provider's headers.</param>
/// <param name="Request">The request in OpenAI's form, without <c>model</c>.</param>
/// <param name="Lossy">What of the request or answer OpenAI's form cannot hold.</param>
/// <param name="Expected">What the client must see.</param>
/// <param name="ExpectedInFull">Of a stream that was cut: what the whole one would have given.</param>
/// <param name="Body">The bytes.</param>
internal sealed record Recording(
    string Id,
    string Provider,
    string Api,
    bool IsStream,
    int Status,
    string Model,
    IReadOnlyDictionary<string, string> Headers,
    JsonElement Request,
    IReadOnlyList<string> Lossy,
    JsonElement Expected,
    JsonElement? ExpectedInFull,
    byte[] Body)
{
    /// <summary>Whether the provider's stream breaks off, or ends in an error.</summary>
    public bool IsAbrupt => Expected.TryGetProperty("abrupt", out var abrupt) && abrupt.GetBoolean();

    public bool IsError => Status >= 400;

    /// <summary>Whether its stream is one of lines instead of server-sent events.</summary>
    public bool HasLines => Api == "ollama";

    /// <summary>Whether a stream is of server-sent events; Bedrock's is binary.</summary>
    public bool IsText => Api != "bedrock";

    public override string ToString() => Id;
}
