using System.Text.Json;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>
/// How many tokens a conversation has, where no provider counts: those of its text and its images as the model counts them, and a
/// fixed number for what a form puts around it and for each page.
/// </summary>
internal static class TokenEstimate
{
    private const int TokensPerMessage = 4;
    private const int TokensPerTool = 20;

    // Of a PDF, text and picture count for each page, and a page is commonly some 50 KB.
    private const int TokensPerPage = 3000;
    private const int Base64BytesPerPage = 67_000;

    /// <summary>At least 1.</summary>
    /// <param name="conversation">What is counted.</param>
    /// <param name="model">How its model counts.</param>
    public static long Of(Conversation conversation, TokenRules model)
    {
        var counter = model.Counter;
        long tokens = 0;
        foreach (var message in conversation.Messages)
        {
            tokens += TokensPerMessage + message.Parts.Sum(part => Of(part, model));
            tokens += message.Calls.Sum(call => (long)counter.Count(call.Name) + counter.Count(call.Arguments));
        }

        tokens += conversation.Tools.Sum(
            tool => TokensPerTool + counter.Count(tool.Name) + counter.Count(tool.Description) + Of(tool.Parameters, counter));
        return Math.Max(1, tokens + Of(conversation.Format.Schema, counter));
    }

    /// <summary>The tokens of a file.</summary>
    /// <param name="base64">Its length where it stands in the request; 0: it is named only.</param>
    public static int OfFile(int base64) => TokensPerPage * (1 + (base64 / Base64BytesPerPage));

    private static long Of(Part part, TokenRules model) => part switch
    {
        TextPart text => model.Counter.Count(text.Text),
        RefusalPart refusal => model.Counter.Count(refusal.Text),
        ImagePart image => model.Images.Of(image.Data is { } data ? ImageHeader.SizeOf(data.Base64.Span) : null, image.Detail == "low"),
        FilePart file => OfFile(file.Data?.Base64.Length ?? 0),
        _ => 0, // thoughts of earlier turns are not counted
    };

    private static long Of(JsonElement json, TokenCounter counter) =>
        json.ValueKind == JsonValueKind.Undefined ? 0 : counter.Count(json.GetRawText());
}
