using System.Buffers;
using System.Text;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>Sends one answer as the script wants it.</summary>
internal sealed class AnswerSender(ResponseSink sink, Behaviour behaviour, TimeProvider clock, CancellationToken peerLeft)
{
    private static readonly byte[] Filler = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));

    private string NewLine => behaviour.Crlf ? "\r\n" : "\n";

    public async Task SendAsync(ScriptedAnswer answer, bool anthropic)
    {
        if (behaviour.Silent)
        {
            await WaitForPeerAsync();
            return;
        }

        if (behaviour.CutBeforeHeaders)
        {
            sink.Cut();
            return;
        }

        await DelayAsync(behaviour.DelayBeforeHeaders);
        if (behaviour.BeforeHeaders is { } hold)
        {
            await hold(peerLeft).WaitAsync(peerLeft);
        }

        if (behaviour.IsLiteral || answer.Events is null)
        {
            var body = behaviour.BodyBytes ?? (behaviour.IsLiteral ? Encoding.UTF8.GetBytes(LiteralBody(anthropic)) : answer.Body);
            await SendWholeAsync(behaviour.IsLiteral ? "application/json" : answer.ContentType, body);
            return;
        }

        await SendStreamAsync(answer, anthropic);
    }

    private string LiteralBody(bool anthropic) =>
        behaviour.Body ?? (anthropic ? AnthropicAnswers.Error(behaviour.Status) : OpenAiAnswers.Error(behaviour.Status));

    private async Task SendWholeAsync(string contentType, byte[] body)
    {
        await sink.HeadAsync(contentType, body.Length);
        await DelayAsync(behaviour.DelayBeforeFirstEvent);
        if (behaviour.StallAfterEvents == 0)
        {
            await WaitForPeerAsync();
            return;
        }

        await sink.BodyAsync(body);
        await sink.EndAsync();
    }

    private async Task SendStreamAsync(ScriptedAnswer answer, bool anthropic)
    {
        await sink.HeadAsync(answer.ContentType, contentLength: null);
        await DelayAsync(behaviour.DelayBeforeFirstEvent);
        var number = 0;
        var pending = new ArrayBufferWriter<byte>();
        foreach (var scripted in Repeated(answer.Events!))
        {
            if (behaviour.StallAfterEvents == number)
            {
                await WaitForPeerAsync();
                return;
            }

            number++;
            await BeforeEventAsync(number);
            var failed = number == behaviour.ErrorEvent;
            pending.Write(Encoding.UTF8.GetBytes(Format(scripted, number, anthropic)));
            if (!behaviour.Coalesce || failed)
            {
                await sink.BodyAsync(pending.WrittenMemory);
                pending.Clear();
            }

            if (failed)
            {
                break;
            }

            if (number == behaviour.CutAfterEvents && !sink.IsCut)
            {
                sink.Cut();
            }

            if (sink.IsCut)
            {
                return;
            }
        }

        await sink.BodyAsync(pending.WrittenMemory);
        await sink.EndAsync();
    }

    private async Task BeforeEventAsync(int number)
    {
        if (number > 1)
        {
            await DelayAsync(behaviour.DelayBetweenEvents);
        }

        if (behaviour.BeforeEvent is { } hold)
        {
            await hold(number, peerLeft).WaitAsync(peerLeft);
        }

        peerLeft.ThrowIfCancellationRequested();
    }

    private IEnumerable<ScriptedEvent> Repeated(IReadOnlyList<ScriptedEvent> events)
    {
        foreach (var scripted in events)
        {
            yield return scripted;
            while (behaviour.Endless && scripted.Content)
            {
                yield return scripted;
            }
        }
    }

    private string Format(ScriptedEvent scripted, int number, bool anthropic)
    {
        var comment = behaviour.Comments ? $": keep-alive{NewLine}{NewLine}" : "";
        if (number == behaviour.MalformedEvent)
        {
            return comment + (scripted with { Data = """{"id":"chatcmpl-1","choices":[{"delta":{"con""" }).Format(NewLine);
        }

        if (number == behaviour.ErrorEvent)
        {
            var error = anthropic ? AnthropicAnswers.Error(529) : OpenAiAnswers.Error(500);
            return comment + new ScriptedEvent(anthropic ? "error" : null, error).Format(NewLine);
        }

        return number == behaviour.HugeEvent
            ? comment + (scripted with { Data = Huge(scripted.Data) }).Format(NewLine)
            : comment + scripted.Format(NewLine);
    }

    // Into the last string of the event, which is its text.
    private string Huge(string data)
    {
        var at = data.LastIndexOf("\"content\":\"", StringComparison.Ordinal);
        at = at < 0 ? data.LastIndexOf("\"text\":\"", StringComparison.Ordinal) : at;
        var quote = data.IndexOf(":\"", at, StringComparison.Ordinal) + 2;
        return data.Insert(quote, new string('x', behaviour.HugeBytes));
    }

    public async Task SendEndlessLineAsync()
    {
        await sink.HeadAsync("text/event-stream; charset=utf-8", contentLength: null);
        await sink.BodyAsync("data: "u8.ToArray());
        while (!sink.IsCut)
        {
            peerLeft.ThrowIfCancellationRequested();
            await sink.BodyAsync(Filler);
        }
    }

    private Task WaitForPeerAsync() => Task.Delay(Timeout.InfiniteTimeSpan, clock, peerLeft);

    private Task DelayAsync(TimeSpan delay) => delay > TimeSpan.Zero ? Task.Delay(delay, clock, peerLeft) : Task.CompletedTask;
}
