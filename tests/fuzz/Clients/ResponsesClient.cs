using System.Text.Json;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>A client of Responses that takes nothing amiss, and holds the last event against those before it.</summary>
internal static class ResponsesClient
{
    /// <summary>Reads a stream that the gateway has written.</summary>
    public static ClientView ReadStream(ReadOnlySpan<byte> stream)
    {
        var view = new ClientView();
        var items = new List<Item>();
        var sequence = 0;
        var hasFailed = false;
        foreach (var told in ClientEvent.ReadAll(stream))
        {
            Must(!view.IsComplete && !view.IsBroken, "there is more after the end");
            Must(told.Name == told.Type, "an event's name is not its type");
            var number = told.Data.GetProperty("sequence_number").GetInt32();

            // What was begun and could not be told is not sent.
            Must(number == sequence || (number > sequence && told.Type is "response.failed"), "the numbers have a gap");
            Must(sequence > 0 || told.Type is "response.created" or "error", "the response does not begin first");
            Must(!hasFailed || told.Type is "error", "more is said after the failure");
            sequence = number + 1;
            switch (told.Type)
            {
                case "response.completed" or "response.incomplete":
                    Must(items.TrueForAll(static item => item.IsDone), "the response ends within an item");
                    view.IsComplete = true;
                    view.IsCut = told.Data.GetProperty("response").GetProperty("incomplete_details") is { ValueKind: JsonValueKind.Object } details
                        && details.GetProperty("reason").GetString() is "max_output_tokens";
                    MustTellTheSame(told.Data.GetProperty("response"), items);
                    break;
                case "response.failed":
                    hasFailed = true;
                    break;
                case "error":
                    view.IsBroken = true;
                    break;
                default:
                    Take(told, items, view);
                    break;
            }
        }

        return view;
    }

    /// <summary>Reads a stream that is a provider's own, passed on.</summary>
    public static ClientView ReadCopied(ReadOnlySpan<byte> stream)
    {
        var view = new ClientView();
        foreach (var told in ClientEvent.ReadAll(stream))
        {
            Must(!view.IsComplete && !view.IsBroken, "there is more after the end");
            view.IsComplete = told.Type is "response.completed" or "response.incomplete";
            view.IsBroken = told.Type is "error";
        }

        return view;
    }

    /// <summary>Reads a whole response.</summary>
    public static ClientView ReadWhole(JsonElement response)
    {
        var details = response.GetProperty("incomplete_details");
        var view = new ClientView
        {
            IsComplete = true,
            IsCut = details.ValueKind == JsonValueKind.Object && details.GetProperty("reason").GetString() is "max_output_tokens",
        };
        foreach (var item in response.GetProperty("output").EnumerateArray())
        {
            switch (item.GetProperty("type").GetString())
            {
                case "message":
                    foreach (var part in item.GetProperty("content").EnumerateArray())
                    {
                        view.Said.Append(ClientView.Text(part, "text")).Append(ClientView.Text(part, "refusal"));
                    }

                    break;
                case "reasoning":
                    foreach (var part in item.GetProperty("summary").EnumerateArray())
                    {
                        view.Thought.Append(ClientView.Text(part, "text"));
                    }

                    break;
                default:
                    view.AddCall(item.GetProperty("name").GetString()!, item.GetProperty("arguments").GetString()!);
                    break;
            }
        }

        return view;
    }

    private static void Take(ClientEvent told, List<Item> items, ClientView view)
    {
        switch (told.Type)
        {
            case "response.created" or "response.in_progress":
                return;
            case "response.output_item.added":
                Must(told.Data.GetProperty("output_index").GetInt32() == items.Count, "items are not numbered in their order");
                var added = told.Data.GetProperty("item");
                var isCall = added.GetProperty("type").GetString() is "function_call";
                items.Add(new Item(isCall ? view.Calls : -1));
                if (isCall)
                {
                    view.AddCall(ClientView.Raw(added, "name"));
                }

                return;
            case "response.output_item.done":
                var item = ItemOf(told, items);
                Must(!item.IsDone, "an item is done twice");
                item.IsDone = true;
                return;
            default:
                var open = ItemOf(told, items);
                Must(!open.IsDone, "an item goes on after it was done");
                if (told.Type!.EndsWith(".delta", StringComparison.Ordinal))
                {
                    TakeDelta(told, open, view);
                }

                return;
        }
    }

    private static void TakeDelta(ClientEvent told, Item item, ClientView view)
    {
        var delta = ClientView.Raw(told.Data, "delta");
        item.Length += delta.Length;
        switch (told.Type)
        {
            case "response.output_text.delta" or "response.refusal.delta":
                view.Said.Append(delta);
                return;
            case "response.reasoning_summary_text.delta":
                view.Thought.Append(delta);
                return;
            default:
                view.AddArguments(item.Call, delta);
                return;
        }
    }

    private static Item ItemOf(ClientEvent told, List<Item> items)
    {
        var index = told.Data.GetProperty("output_index").GetInt32();
        Must(index >= 0 && index < items.Count, "an item goes on that never began");
        return items[index];
    }

    // The last event holds all that was told.
    private static void MustTellTheSame(JsonElement response, List<Item> items)
    {
        var output = response.GetProperty("output");
        Must(output.GetArrayLength() == items.Count, "the last event has other items");
        for (var i = 0; i < items.Count; i++)
        {
            var whole = output[i];
            var length = ClientView.Raw(whole, "arguments").Length;
            foreach (var member in new[] { "content", "summary" })
            {
                if (whole.TryGetProperty(member, out var parts))
                {
                    length += parts.EnumerateArray().Sum(static part => ClientView.Raw(part, "text").Length + ClientView.Raw(part, "refusal").Length);
                }
            }

            Must(length == items[i].Length, "the last event tells another text");
        }
    }

    private static void Must(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException($"In a response's stream {otherwise}.");
        }
    }

    private sealed class Item(int call)
    {
        public int Call => call;

        public int Length { get; set; }

        public bool IsDone { get; set; }
    }
}
