using System.Text.Json;
using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Finds the texts of a request, in whichever dialect.</summary>
internal static class RequestTexts
{
    private static readonly TextScope Root = new(IsAnswer: false, HookTextKind.Other, HookRole.None, "");

    /// <summary>Finds all texts that go to a provider.</summary>
    public static void Find(JsonElement request, DocumentTexts texts)
    {
        var walk = new TextWalk(texts);
        foreach (var member in request.EnumerateObject())
        {
            if (!TextNames.IsOpaque(member.Name))
            {
                walk.Visit(request, member.Name, member.Value, ScopeOf(member.Name, member.Value));
            }
        }
    }

    private static TextScope ScopeOf(string name, JsonElement value) => name switch
    {
        "documents" => Spoken(name, HookRole.None) with { IsFree = true }, // their members are the client's own
        "messages" or "input" or "prediction" => Spoken(name, value.ValueKind == JsonValueKind.String ? HookRole.User : HookRole.None),
        "system" or "instructions" => Spoken(name, HookRole.System),
        "prompt" or "suffix" or "query" => Spoken(name, HookRole.User),
        "tools" or "functions" or "response_format" or "text" or "output_config" or "output_format" => Root.At(name) with { Kind = HookTextKind.Definition },
        "metadata" => Root.At(name) with { IsFree = true },
        _ => Root.At(name),
    };

    private static TextScope Spoken(string name, HookRole role) => Root.At(name) with { Kind = HookTextKind.Text, Role = role };
}
