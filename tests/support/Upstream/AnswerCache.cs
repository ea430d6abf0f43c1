using System.Collections.Concurrent;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>Finds the correct answer to a request. Answers without tools are made once, so that a load test measures the gateway.</summary>
internal sealed class AnswerCache
{
    private readonly ConcurrentDictionary<(string Path, string Model, bool Stream, bool Usage, Behaviour Behaviour), ScriptedAnswer> _made = new();

    public ScriptedAnswer Get(ParsedRequest request, Behaviour behaviour)
    {
        var path = request.Path;
        if (path.EndsWith("/embeddings", StringComparison.Ordinal) || path.EndsWith("/responses", StringComparison.Ordinal) || OpenAiAnswers.ToolNames(request).Count > 0 || _made.Count > 1000)
        {
            return Make(path, request, behaviour);
        }

        var key = (path, request.Model, request.Stream, request.WantsUsage, behaviour);
        return _made.TryGetValue(key, out var answer) ? answer : _made.GetOrAdd(key, Make(path, request, behaviour));
    }

    private static ScriptedAnswer Make(string path, ParsedRequest request, Behaviour behaviour) => path switch
    {
        _ when path.EndsWith("/chat/completions", StringComparison.Ordinal) => OpenAiAnswers.Chat(request, behaviour),
        _ when path.EndsWith("/completions", StringComparison.Ordinal) => OpenAiAnswers.Completion(request, behaviour),
        _ when path.EndsWith("/responses", StringComparison.Ordinal) => ResponsesAnswers.Response(request, behaviour),
        _ when path.EndsWith("/embeddings", StringComparison.Ordinal) => OpenAiAnswers.Embeddings(request, behaviour),
        _ when ScriptedUpstream.IsCountPath(path) => AnthropicAnswers.Count(behaviour),
        _ when ScriptedUpstream.IsAnthropicPath(path) => AnthropicAnswers.Message(request, behaviour),
        _ when ScriptedUpstream.IsAnthropic(request) => AnthropicAnswers.Models(),
        _ => OpenAiAnswers.Models(),
    };
}
