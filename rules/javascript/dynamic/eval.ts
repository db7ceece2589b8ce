// ruleid: javascript.dynamic.eval
(eval as (text: string) => unknown)(text);
// ruleid: javascript.dynamic.eval
(<any>globalThis)['ev' + 'al'](text);
// ok: javascript.dynamic.eval
evaluate<number>(text);
