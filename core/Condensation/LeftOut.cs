using System.Globalization;

namespace ProxyCluster.Core.Condensation;

/// <summary>Says where the words of a message stay, and its pictures and files do not.</summary>
public static class LeftOut
{
    private const int Most = 99;

    /// <summary>Pictures and files that are left out with the messages that hold them.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="result">What is left of it.</param>
    public static (int Images, int Files) Of(IReadOnlyList<ConversationMessage> messages, CondensationResult result)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(result);
        var left = new bool[messages.Count];
        foreach (var message in result.Messages)
        {
            if (message.Source >= 0)
            {
                left[message.Source] = true;
            }
        }

        var (images, files) = (0, 0);
        for (var i = 0; i < left.Length; i++)
        {
            (images, files) = left[i] ? (images, files) : (images + messages[i].Images, files + messages[i].Files);
        }

        return (images, files);
    }

    /// <summary>What a message holds besides words, for example <c>1 image, 2 files</c>; empty: nothing.</summary>
    public static string Named(int images, int files) => (images, files) switch
    {
        (0, 0) => "",
        (_, 0) => Count(images, "image"),
        (0, _) => Count(files, "file"),
        _ => $"{Count(images, "image")}, {Count(files, "file")}",
    };

    /// <summary>Stands behind the name of who is quoted; empty: nothing of the unit is left out but words.</summary>
    internal static string MarkIn(Draft draft, int unit)
    {
        var (images, files) = (draft.Units[unit].Images, draft.Units[unit].Files);
        return images + files == 0 ? "" : $" [{Named(images, files)} left out]";
    }

    /// <summary>Tokens that the mark takes at most.</summary>
    internal static int CostIn(Draft draft, int unit) => MarkIn(draft, unit) is { Length: > 0 } mark ? MessageCost.OfText(mark, draft.Request.Counter) + 1 : 0;

    private static string Count(int count, string name) => count switch
    {
        1 => $"1 {name}",
        > Most => $"over {Most} {name}s",
        _ => string.Create(CultureInfo.InvariantCulture, $"{count} {name}s"),
    };
}
