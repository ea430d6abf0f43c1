using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Recordings;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>
/// A provider's wire format, written and read by hand from its documentation: requests are read by a reader of its own,
/// which takes nothing that the provider would not.
/// </summary>
internal abstract class Wire
{
    /// <summary>What becomes of a whole answer where a stream is wanted, as the recordings' manifest calls the format.</summary>
    public abstract string Api { get; }

    /// <summary>The ids that the provider gives to its calls, in their order.</summary>
    public abstract IReadOnlyList<string> CallIds { get; }

    /// <summary>What it tells of an answer's cost.</summary>
    public abstract Tokens Tokens { get; }

    /// <summary>The content type of a stream.</summary>
    public virtual string StreamType => "text/event-stream";

    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidOperationException">The provider would not have taken it.</exception>
    public abstract Asked Read(RecordedRequest request, JsonObject body);

    /// <summary>Writes a whole answer.</summary>
    public abstract JsonObject Write(Reply reply);

    /// <summary>Writes the body of an error.</summary>
    public abstract JsonObject Error(int status, string message);

    public virtual byte[] Stream(JsonObject whole) => UnfoldedAnswer.Of(Api, whole);

    protected static void Expect(string what, string? expected, string? actual)
    {
        if (expected != actual)
        {
            throw new InvalidOperationException($"{what}: expected '{expected}', but it was '{actual}'");
        }
    }

    protected static InvalidOperationException Unknown(string what, JsonNode? node) => new($"unknown {what}: {node?.ToJsonString()}");

    /// <summary>The ids of a reply's calls with their calls.</summary>
    protected IEnumerable<(string Id, ReplyCall Call)> Calls(Reply reply) => CallIds.Zip(reply.Calls);

    protected static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray ?? []).Select(static item => item!.AsObject());
}
