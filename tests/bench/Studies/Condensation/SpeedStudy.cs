using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>
/// What condensing takes of a core, and how that grows with the conversation, for each strategy and kind of text. The only
/// study here that reads a clock: its figures are this machine's. It fails where a bound is not held.
/// </summary>
internal static class SpeedStudy
{
    private const int Rounds = 9;
    private const double Share = 0.04;

    // Of a thousand messages of 200 tokens.
    private const int Thousand = 1000;
    private const double MostMilliseconds = 150;
    private const double MostFirstMilliseconds = 600;
    private const double MostAllocated = 4;

    // Four times as long takes at most so much more for each token: what is linear does, with a machine's noise. The smallest takes too little to tell.
    private const double MostGrowth = 2;

    private static readonly ImmutableArray<int> Sizes = [250, Thousand, 4000];

    public static int Run(string data, string? folder)
    {
        var dialogues = DialogueFile.Read(data).Select(question => question.Dialogue).Distinct().SelectMany(dialogue => dialogue.Turns);
        var kinds = SpeedTexts.Kinds([.. dialogues.Select(turn => turn.Core + " ")]);
        var first = MeasureFirst(kinds[0].Sentences);
        var page = new StringBuilder(
            "# What condensing takes\n\nMessages of about 200 tokens, o200k_base, to 4 % of their tokens. CPU of the process; warm: the median of 9 runs after one that is not measured. Allocated: times the text's bytes in UTF-8, the most of the three sizes.\n\n");
        page.Append(CultureInfo.InvariantCulture, $"The first 1,000 messages in a process, tokenizer included, took {first:0} ms (bound: {MostFirstMilliseconds:0}). Bounds of 1,000 messages: {MostMilliseconds:0} ms, {MostAllocated:0} × allocated.\n\n");
        page.Append("| text | strategy | tokens of 1,000 | ms, 250 messages | ms, 1,000 | ms, 4,000 | allocated, × | held |\n|---|---|---|---|---|---|---|---|\n");
        var isHeld = first <= MostFirstMilliseconds;
        foreach (var (name, sentences) in kinds)
        {
            var conversations = Sizes.Select(size => SpeedTexts.Conversation(sentences, size)).ToArray();
            foreach (var strategy in Enum.GetValues<CondensationStrategy>())
            {
                isHeld &= Write(page, name, strategy, Array.ConvertAll(conversations, conversation => Measure(conversation, strategy)));
            }
        }

        Console.Out.Write(page);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "speed.md"), page.ToString());
        }

        return isHeld ? 0 : 1;
    }

    private static bool Write(StringBuilder page, string text, CondensationStrategy strategy, Figures[] figures)
    {
        var (small, middle, large) = (figures[0], figures[1], figures[2]);
        var allocated = figures.Max(figure => figure.Allocated);
        var isLinear = large.Milliseconds / large.Tokens <= MostGrowth * middle.Milliseconds / middle.Tokens;
        var isHeld = middle.Milliseconds <= MostMilliseconds && allocated <= MostAllocated && isLinear;
        page.Append(CultureInfo.InvariantCulture, $"| {text} | {strategy.ToString().ToLowerInvariant()} | {middle.Tokens} | {small.Milliseconds:0} | {middle.Milliseconds:0} | {large.Milliseconds:0} | {allocated:0.0} | {(isHeld ? "yes" : "NO")} |\n");
        return isHeld;
    }

    private static double MeasureFirst(string[] sentences)
    {
        // Made without the tokenizer, which is not to be warm.
        var texts = Enumerable.Range(0, Thousand).Select(i => string.Concat(Enumerable.Range(0, 8).Select(j => sentences[((i * 8) + j) % sentences.Length])));
        List<ConversationMessage> messages = [.. texts.Select(text => new ConversationMessage { Role = MessageRole.User, Text = text })];
        return Cpu(() => Condenser.Condense(messages, RequestFor(CondensationStrategy.Hybrid, Thousand)));
    }

    private static Figures Measure(List<ConversationMessage> messages, CondensationStrategy strategy)
    {
        var request = RequestFor(strategy, messages.Count);
        var bytes = messages.Sum(message => (long)Encoding.UTF8.GetByteCount(message.Text));
        var times = new List<double>();
        var (tokens, allocated) = (0, 0L);

        // Once for nothing: what a new kind of text runs through is compiled then.
        Condenser.Condense(messages, request);
        for (var round = 0; round < Rounds; round++)
        {
            var start = GC.GetAllocatedBytesForCurrentThread();
            times.Add(Cpu(() => tokens = Condenser.Condense(messages, request).TokensBefore));
            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        }

        times.Sort();
        return new Figures(tokens, times[Rounds / 2], (double)allocated / bytes);
    }

    private static CondensationRequest RequestFor(CondensationStrategy strategy, int messages) =>
        new() { Budget = (int)(Share * 200 * messages), Counter = TokenCounters.O200k, Strategy = strategy };

    private static double Cpu(Action action)
    {
        using var process = Process.GetCurrentProcess();
        var start = process.TotalProcessorTime;
        action();
        process.Refresh();
        return (process.TotalProcessorTime - start).TotalMilliseconds;
    }

    private readonly record struct Figures(int Tokens, double Milliseconds, double Allocated);
}
