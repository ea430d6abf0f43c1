using System.Text;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>A short chat, and a look at what came back.</summary>
internal static class Chats
{
    public static HttpRequestMessage Request(string model, bool stream = false) => new(HttpMethod.Post, "/v1/chat/completions")
    {
        Content = new StringContent(
            $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]{{(stream ? ",\"stream\":true" : "")}}}""", Encoding.UTF8, "application/json"),
    };

    /// <summary>A header of the answer; <see langword="null"/>: it is not there.</summary>
    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
