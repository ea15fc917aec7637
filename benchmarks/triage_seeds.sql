-- Run by `benchmarks.triage_seeds`, which has put its numbers into `plan`, texts into `body` and
-- `answer`, and what is stored of a verdict into `verdict`. A seed and its wording share a number.

insert into endpoint (name, base_url, model, role, sampling)
select role, 'http://127.0.0.1:9/v1', role || '-1b', role, '{"max_tokens": 1024}'
from unnest(array['reference', 'weak', 'judge']) role;

insert into source (name) select unnest(sources) from plan;

insert into policy (name, version, settings) values ('default', 1, '{}') on conflict do nothing;

insert into benchmark_index (policy_id, newest_item)
select min(id), 0 from decontamination_policy on conflict do nothing;

insert into benchmark (name, version, split, item_count) select 'exam', '1', 'test', items from plan;

insert into benchmark_item (benchmark_id, external_id, text)
select (select max(id) from benchmark), 'item-' || number, left(text, 400)
from plan, body where number < items;

insert into seed_revision (id, seed_id, number, prompt, answer, content_hash, origin)
select n, n, 1, prompt, case when n % 5 = 0 then '17' end, sha256(convert_to(prompt, 'UTF8')), 'import'
from (
    select n, format('Problem %s. %s Take $a = %s$ and $b = %s$.', n, text, n % 97, n % 89) as prompt
    from plan, generate_series(1, seeds) n, body where number = n % (select count(*) from body)
) worded;

insert into seed (
    id, source_id, external_id, revision_id, content_hash, domain, licence, status, flagged,
    verdict, score, agreement, reliability, steps, attention, margin, tie, interval_width, judge_gap,
    key_conflict, tags, open_hits, checked_index
)
select
    drawn.id, (select min(id) from source) + floor(cardinality(sources) * c * c), 'row-' || drawn.id,
    drawn.id, content_hash, domains[1 + floor(cardinality(domains) * power(d, 1.5))], 'MIT',
    status, f < 0.01,
    case when is_scored then verdict end, case when is_scored then a end,
    case when is_scored then agreement end, case when is_scored then reliability end,
    case when is_scored then 1 + floor(8 * b) end,
    case when is_answered then 0.9 + 0.1 * b when is_scored then 0.9 * b end,
    case when is_scored then (plurality ->> 'margin')::float8 end,
    case when is_scored then (plurality ->> 'tie')::boolean end, case when is_scored then 0.1 + 0.4 * c end,
    case when is_answered then abs(a - d) end, case when is_scored then e > 0.98 end,
    case when f between 0.1 and 0.12 then array['look again'] else '{}' end,
    (g < 0.02 and status = 'pending')::int, (select min(id) from benchmark_index)
from (
    select *, is_answered or e > 0.06 as is_scored,
        case when h < 0.85 then 'pending' when h < 0.93 then 'accepted' when h < 0.98 then 'rejected'
            else 'needs_rewrite' end as status
    from (
        select id, content_hash, id % (seeds / answered) = 0 as is_answered, domains, sources,
            random() a, random() b, random() c, random() d, random() e, random() f, random() g,
            random() h
        from seed_revision, plan
    ) chances
) drawn
join verdict on verdict.number = drawn.id * 7919 % (select count(*) from verdict);

insert into teachability (
    revision_id, policy_id, key_origin, reference_answer, reference_key, reliability, plurality, weak,
    suspect, hard, teachable, easy, score, score_low, score_high, verdict, steps
)
select
    revision_id, (select max(id) from policy), case when revision_id % 5 = 0 then 'given' else 'plurality' end,
    '17', 'integer:17', seed.reliability, plurality, weak, odds[1], odds[2], odds[3], odds[4], score,
    greatest(0, score - 0.15), least(1, score + 0.12), seed.verdict, steps
from seed join verdict on verdict.number = seed.id * 7919 % (select count(*) from verdict)
where seed.verdict is not null;

-- As `backend.seeds.full_text` reads them; the words of a text are found once.
insert into seed_text (seed_id, words, pieces)
select
    seed.id, to_tsvector('simple', 'Problem ' || seed.id) || words
        || to_tsvector('simple', format('Take $a = %s$ and $b = %s$.', seed.id % 97, seed.id % 89))
        || to_tsvector('simple', coalesce(answer, '')),
    concat_ws(E'\n', left(prompt, 200), coalesce(answer, ''), external_id)
from seed join seed_revision on seed_revision.id = revision_id
join (select number, to_tsvector('simple', text) as words from body) as read
    on read.number = seed.id % (select count(*) from body)
order by seed.id;

insert into sample (
    revision_id, endpoint_id, template_hash, settings_hash, sample_index, max_tokens, response,
    finish_reason, answer, answer_key, prompt_tokens, completion_tokens, cost, latency_ms
)
select
    revision_id, endpoint.id, 't', 's', place, 1024, text, 'stop', key, 'integer:' || key, 180, 240, 0.0002, 900
from plan, seed
cross join endpoint
cross join generate_series(0, case endpoint.role when 'reference' then 3 when 'weak' then 7 else 0 end) place
join answer on answer.number = (seed.id * 31 + endpoint.id * 7 + place) % (select count(*) from answer)
where seed.id % (seeds / answered) = 0;

insert into judgment (
    sample_id, revision_id, rubric_hash, steps, difficulty, multi_step, well_posed, verifiable, reasons
)
select sample.id, revision_id, template_hash, 3, 3, 4, 5, 5, 'Three steps, of which the last needs an idea.'
from sample join endpoint on endpoint.id = endpoint_id where role = 'judge';

insert into decontamination_hit (
    revision_id, item_id, item_hash, verdict, method, action, score, coverage_item, coverage_seed,
    longest_words, spans, seed_numbers, item_numbers, index_id
)
select
    revision_id, item.id, sha256(convert_to(item.text, 'UTF8')), 'contaminated', 'ngram', 'block', 0.9, 0.9, 0.7,
    12, '[[0, 60, 0, 60]]', '[]', '[]', checked_index
from seed
cross join (select min(id) as first from benchmark_item) items
cross join plan
join benchmark_item item on item.id = first + seed.id % items
where open_hits > 0;

-- Who decided, as the seeds stand; and seeds that curators have skipped, of all attention.
insert into decision (seed_id, revision_id, user_id, kind, before, after, created_at)
select
    seed.id, revision_id, curators[1 + seed.id % cardinality(curators)],
    case status when 'accepted' then 'accept' when 'rejected' then 'reject' else status end,
    '{"status": "pending"}'::jsonb, jsonb_build_object('status', status), now() - random() * interval '60 days'
from seed, plan where status <> 'pending'
union all
select
    seed.id, revision_id, curators[1 + seed.id / 50 % cardinality(curators)], 'skip', '{}', '{}',
    now() - random() * interval '60 days'
from seed, plan where status = 'pending' and seed.id % 50 = 0
order by 7;

select setval(pg_get_serial_sequence('seed', 'id'), seeds),
    setval(pg_get_serial_sequence('seed_revision', 'id'), seeds) from plan;
