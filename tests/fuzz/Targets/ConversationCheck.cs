using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>What adapters rely on in a conversation, as its types promise it.</summary>
internal static class ConversationCheck
{
    /// <summary>Checks a reading.</summary>
    /// <exception cref="InvalidDataException">It breaks a promise.</exception>
    public static void Run(ConversationReading reading)
    {
        if (reading.Conversation is not { } conversation)
        {
            ErrorReading.MustBeFit(reading.Refusal!);
            return;
        }

        Must(conversation.Messages.Count > 0, "has no messages");
        foreach (var message in conversation.Messages)
        {
            Must(message.Role != Role.Tool || message.ToolCallId is { Length: > 0 }, "has a result of no call");
            foreach (var call in message.Calls)
            {
                Must(call.Id.Length > 0 && call.Name.Length > 0 && IsObject(call.Arguments), "has a call without id, name or arguments");
            }

            foreach (var part in message.Parts)
            {
                Must(part is not ImagePart image || (image.Data is null) != (image.Url is null), "has an image that is neither data nor an address");
                Must(part is not FilePart file || file.Data is not null || file.Url is not null || file.FileId is not null, "has a file that is nowhere");
            }
        }

        foreach (var tool in conversation.Tools)
        {
            Must(tool.Name.Length > 0 && tool.Parameters.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined, "has a tool without a name, or whose schema is no object");
        }

        Must(conversation.Format.Kind != AnswerFormatKind.JsonSchema || conversation.Format.Schema.ValueKind == JsonValueKind.Object, "has a format whose schema is no object");
        Must(conversation.Stop.All(static stop => stop is not null) && conversation.MaxOutputTokens >= 0, "has a bound that is none");
    }

    private static bool IsObject(string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Must(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException($"The conversation {otherwise}.");
        }
    }
}
