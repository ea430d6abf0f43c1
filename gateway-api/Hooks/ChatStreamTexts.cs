using System.Globalization;
using System.Text;
using System.Text.Json;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>The chunks of Chat Completions and of the older completions: every member of a delta is a piece of a text, known or not.</summary>
internal sealed class ChatStreamTexts : StreamTexts
{
    public static readonly ChatStreamTexts Instance = new();

    /// <inheritdoc/>
    public override void Read(JsonElement data, EventTexts texts)
    {
        var walk = new TextWalk(texts);
        foreach (var member in data.EnumerateObject())
        {
            if (member.Name != "choices" || member.Value.ValueKind != JsonValueKind.Array)
            {
                AnswerTexts.VisitRoot(walk, data, member.Name, member.Value);
                continue;
            }

            foreach (var choice in member.Value.EnumerateArray())
            {
                if (choice.ValueKind == JsonValueKind.Object)
                {
                    ReadChoice(data, choice, texts, walk);
                }
            }
        }
    }

    private static void ReadChoice(JsonElement data, JsonElement choice, EventTexts texts, TextWalk walk)
    {
        var index = choice.GetCount("index").ToString(CultureInfo.InvariantCulture);
        var pieces = new Pieces(data, index, texts);
        foreach (var member in choice.EnumerateObject())
        {
            switch (member.Name)
            {
                case "delta" when member.Value.ValueKind == JsonValueKind.Object:
                    new TextWalk(pieces).VisitMembers(member.Value, AnswerTexts.Saying);
                    break;
                case "text" when member.Value.ValueKind == JsonValueKind.String:
                    pieces.Add(member.Value, TextForm.Plain, AnswerTexts.Said(HookTextKind.Text, "text"));
                    break;
                case "finish_reason" when member.Value.ValueKind == JsonValueKind.String:
                    texts.Ended.Add(index + TextChannel.Separator);
                    break;
                default:
                    walk.VisitMember(choice, member.Name, member.Value, AnswerTexts.Saying);
                    break;
            }
        }
    }

    // What a walk through a delta finds are pieces.
    private sealed class Pieces(JsonElement data, string choice, EventTexts texts) : ITextCollector
    {
        public void Add(JsonElement value, TextForm form, TextOrigin origin)
        {
            if (form == TextForm.Json)
            {
                texts.Add(value, form, origin);
                return;
            }

            texts.AddPiece(value, $"{choice}{TextChannel.Separator}{origin.Path}", form, origin, () => TemplateOf(origin.Path));
        }

        public void AddTokens(JsonElement value) => texts.AddTokens(value);

        private EventTemplate TemplateOf(string path)
        {
            var head = new StringBuilder("data: {");
            foreach (var member in data.EnumerateObject().Where(static member => member.Name is not ("choices" or "usage")))
            {
                head.Append(Quoted(member.Name)).Append(':').Append(member.Value.GetRawText()).Append(',');
            }

            head.Append("\"choices\":[{\"index\":").Append(choice).Append(',');
            const string Tail = ",\"finish_reason\":null}]}\n\n";
            if (path == "text")
            {
                return new EventTemplate(head.Append("\"text\":").ToString(), ",\"logprobs\":null" + Tail);
            }

            var close = AppendPath(head.Append("\"delta\":{"), path.Split('.'));
            return new EventTemplate(head.ToString(), close + "}" + Tail);
        }

        // "tool_calls[1].function.arguments": opens what leads there, and returns what closes it.
        private static string AppendPath(StringBuilder head, string[] steps)
        {
            var close = "";
            for (var i = 0; i < steps.Length; i++)
            {
                var isLast = i == steps.Length - 1;
                var bracket = steps[i].IndexOf('[', StringComparison.Ordinal);
                head.Append(Quoted(bracket < 0 ? steps[i] : steps[i][..bracket])).Append(':');
                if (bracket >= 0)
                {
                    head.Append(isLast ? "[" : $"[{{\"index\":{steps[i][(bracket + 1)..^1]},");
                    close = (isLast ? "]" : "}]") + close;
                }
                else if (!isLast)
                {
                    head.Append('{');
                    close = "}" + close;
                }
            }

            return close;
        }

        private static string Quoted(string name) => $"\"{JsonStrings.Escape(name)}\"";
    }
}
