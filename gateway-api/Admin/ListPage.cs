using System.Globalization;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Which part of a list is asked for: <c>?limit=&amp;after=</c>.</summary>
/// <param name="Limit">Items at most.</param>
/// <param name="After">The last item the caller has; <see langword="null"/>: from the beginning.</param>
internal readonly record struct ListPage(int Limit, string? After)
{
    private const int DefaultLimit = 100;
    private const int LargestLimit = 1000;

    /// <summary>Reads the query.</summary>
    public static (ListPage Page, Problem? Problem) Read(HttpRequest request)
    {
        var limit = DefaultLimit;
        if (request.Query["limit"] is { Count: > 0 } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= LargestLimit))
        {
            return (default, Problem.InvalidParameter($"'limit' must be a whole number from 1 to {LargestLimit}."));
        }

        var after = request.Query["after"].ToString();
        return (new(limit, after.Length == 0 ? null : after), null);
    }

    /// <summary>Answers with a page of a list: <c>data</c>, and <c>next</c>, which is what to send as <c>after</c> or null.</summary>
    /// <param name="items">One more than <see cref="Limit"/> where there are more.</param>
    /// <param name="idOf">What <c>after</c> names an item by.</param>
    /// <param name="write">Writes an item as an object.</param>
    public IResult Answer<T>(IReadOnlyList<T> items, Func<T, string> idOf, Action<Utf8JsonWriter, T> write)
    {
        var count = Math.Min(items.Count, Limit);
        var next = items.Count > Limit ? idOf(items[count - 1]) : null;
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data"u8);
            for (var i = 0; i < count; i++)
            {
                write(json, items[i]);
            }

            json.WriteEndArray();
            json.WriteString("next"u8, next);
            json.WriteEndObject();
        });
    }
}
