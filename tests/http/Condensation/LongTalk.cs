using System.Globalization;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Condensation;

/// <summary>Conversations that are too long, with one fact far back that the last question asks for.</summary>
internal static class LongTalk
{
    /// <summary>What the last question asks for.</summary>
    public const string Fact = "The vault of the Zanzibar branch opens with the code 7316.";

    /// <summary>The last question.</summary>
    public const string Question = "Which code opens the vault of the Zanzibar branch?";

    private static readonly string[] Talk =
    [
        "The harvest festival was crowded this year and the musicians played until midnight near the old fountain.",
        "My neighbour painted her fence in a pale green that nobody on our street particularly likes.",
        "A new bakery sells rye bread with caraway seeds, and queues are long on Saturday mornings.",
        "The ferry to the islands was late again because of fog over the northern harbour.",
        "Our football club lost three matches in a row before the coach changed the formation.",
    ];

    /// <summary>Turns of user and assistant, as both OpenAI and Anthropic have them, ending with the question.</summary>
    /// <param name="turns">Pairs of messages before it; each has some 50 tokens.</param>
    public static JsonArray Messages(int turns = 60)
    {
        var messages = new JsonArray();
        for (var i = 0; i < turns; i++)
        {
            messages.Add(Message("user", i == 5 ? Fact : Sentence(i, "I noticed")));
            messages.Add(Message("assistant", Sentence(i + 2, "Interesting")));
        }

        messages.Add(Message("user", Question));
        return messages;
    }

    /// <summary>A message.</summary>
    public static JsonObject Message(string role, JsonNode content) => new() { ["role"] = role, ["content"] = content };

    /// <summary>Talk of nothing in particular.</summary>
    public static string Sentence(int number, string opening) =>
        string.Create(CultureInfo.InvariantCulture, $"{opening}, on day {number}: {Talk[number % Talk.Length]}");
}
