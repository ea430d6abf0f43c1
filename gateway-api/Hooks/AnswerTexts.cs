using System.Collections.Frozen;
using System.Text.Json;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Finds the texts of a whole answer, or of an object that a stream repeats, in whichever dialect.</summary>
internal static class AnswerTexts
{
    /// <summary>What holds where a model says something.</summary>
    public static readonly TextScope Saying = new(IsAnswer: true, HookTextKind.Text, HookRole.Assistant, "");

    private static readonly TextScope Root = new(IsAnswer: true, HookTextKind.Other, HookRole.Assistant, "");

    // What Responses repeats of the request: the client's own words, judged when they came.
    private static readonly FrozenSet<string> Echoes = new[]
    {
        "instructions", "metadata", "tools", "text", "user", "safety_identifier", "prompt", "prompt_cache_key", "tool_choice", "reasoning", "truncation",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Finds all texts of an answer: a completion, a message, a response.</summary>
    public static void Find(JsonElement answer, DocumentTexts texts)
    {
        var walk = new TextWalk(texts);
        foreach (var member in answer.EnumerateObject())
        {
            VisitRoot(walk, answer, member.Name, member.Value);
        }
    }

    /// <summary>What holds for a text that a model says.</summary>
    public static TextOrigin Said(HookTextKind kind, string path) => new(IsAnswer: true, kind, HookRole.Assistant, path);

    /// <summary>Visits a member of the outermost object.</summary>
    public static void VisitRoot(TextWalk walk, JsonElement answer, string name, JsonElement value)
    {
        if (name is "choices" or "content" or "output")
        {
            walk.Visit(answer, name, value, Saying.At(name));
        }
        else if (!TextNames.IsOpaque(name) && !IsEcho(answer, name))
        {
            walk.Visit(answer, name, value, Root.At(name));
        }
    }

    private static bool IsEcho(JsonElement answer, string name) => Echoes.Contains(name) && answer.GetText("object") == "response";
}
