using System.Text;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>What is asked where the answer is what counts.</summary>
internal static class Ask
{
    private const string ChatBody = """{"model":"m","messages":[{"role":"user","content":"a"}]}""";
    private const string MessageBody = """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"}]}""";
    private const string ResponseBody = """{"model":"m","input":"a"}""";
    private const string SchemaBody =
        """{"model":"m","messages":[{"role":"user","content":"a"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}}""";

    /// <summary>Every dialect of a chat.</summary>
    public static readonly IReadOnlyList<InferenceOperation> Dialects = [InferenceOperation.ChatCompletions, InferenceOperation.Messages, InferenceOperation.Responses];

    /// <summary>A streamed chat.</summary>
    /// <param name="operation">In which dialect.</param>
    /// <param name="withUsage">Whether a chat's client wants to be told what it used.</param>
    public static InferenceRequest Stream(InferenceOperation operation, bool withUsage = true) => Create(operation, BodyOf(operation), stream: true, withUsage);

    /// <summary>A whole chat.</summary>
    public static InferenceRequest Whole(InferenceOperation operation) => Create(operation, BodyOf(operation), stream: false, withUsage: false);

    /// <summary>A chat whose answer has to be JSON of a schema.</summary>
    public static InferenceRequest Schema(bool stream) => Create(InferenceOperation.ChatCompletions, SchemaBody, stream, withUsage: stream);

    /// <summary>Embeddings of one text.</summary>
    public static InferenceRequest Embeddings(string format) =>
        Create(InferenceOperation.Embeddings, $$"""{"model":"m","input":"a","encoding_format":"{{format}}"}""", stream: false, withUsage: false);

    /// <summary>A request that goes to a provider of its own dialect, which keeps the answer.</summary>
    public static InferenceRequest Native(bool stream)
    {
        var request = Create(InferenceOperation.Responses, ResponseBody, stream, withUsage: false);
        request.IsNative = true;
        request.AnswerKept = static _ => { };
        return request;
    }

    private static string BodyOf(InferenceOperation operation) => operation switch
    {
        InferenceOperation.Messages or InferenceOperation.CountTokens => MessageBody,
        InferenceOperation.Responses => ResponseBody,
        _ => ChatBody,
    };

    private static InferenceRequest Create(InferenceOperation operation, string body, bool stream, bool withUsage) => new()
    {
        Operation = operation,
        Dialect = ClientDialects.Of(operation),
        Body = Encoding.UTF8.GetBytes(body),
        Model = "m",
        ModelToken = 9..12,
        Stream = stream,
        IncludeUsage = withUsage,
    };
}
